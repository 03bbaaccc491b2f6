// The time line: a lane per vCPU, its own machine below, the others' above.
let from=0,span=Math.max(1,N),due=0;
const shades=["#7a869a","#3f7fbf","#3d9a6b","#b565c2"],PAGE_SHADE="#e0a030",LEFT=76,ROW=22;
const shade=m=>m===PAGE?PAGE_SHADE:shades[m]??"#999";

function draw(){
	const c=$("c"),W=$("time").clientWidth-28,H=ids.length*ROW+30,css=getComputedStyle(document.documentElement);
	size(c,W,H);
	c.style.width="";
	const g=pen(c),x=i=>LEFT+(i-from)/span*(W-LEFT),wide=Math.max(1,(W-LEFT)/span-(span<(W-LEFT)/4?1:0));
	g.font="12px system-ui,sans-serif";g.textBaseline="middle";
	drawLanes(g,W,css);
	drawSteps(g,x,wide);
	g.fillStyle=css.getPropertyValue("--hot");
	g.fillRect(Math.min(W-3,Math.max(LEFT,x(at))),0,Math.max(2,wide),ids.length*ROW);
	drawNames(g,W,ids.length*ROW+16,css);
}

function drawLanes(g,W,css){
	ids.forEach((v,l)=>{
		g.fillStyle=css.getPropertyValue("--dim");g.fillText("vCPU "+v,0,l*ROW+ROW/2);
		g.fillStyle=css.getPropertyValue("--line");g.fillRect(LEFT,l*ROW+ROW-3,W-LEFT,1);
	});
}

// Of the steps of a kind on one pixel only the first is drawn.
function drawSteps(g,x,wide){
	const kinds=charts.length+2,drawn=new Float64Array(ids.length*kinds).fill(-1);
	for(let i=Math.max(0,Math.floor(from)),e=Math.min(N,Math.ceil(from+span));i<e;i++){
		const l=lane.get(vcpu[i]),ok=passes(i)||isPage(i)&&want.every(f=>f<0),q=Math.floor(x(i));
		const k=l*kinds+(ok?Math.min(machine[i],charts.length)+1:0);
		if(drawn[k]===q)continue;
		drawn[k]=q;
		g.globalAlpha=ok?1:.12;g.fillStyle=shade(machine[i]);
		g.fillRect(q,l*ROW+2+(machine[i]===VCPU?8:isPage(i)?16:0),wide,isPage(i)?3:8);
	}
	g.globalAlpha=1;
}

function drawNames(g,W,y,css){
	let x=LEFT;
	charts.map((m,i)=>[i,m.name]).concat(pageSteps.length?[[PAGE,"page changes"]]:[]).forEach(([i,name])=>{
		g.fillStyle=shade(i);g.fillRect(x,y-5,10,10);
		g.fillStyle=css.getPropertyValue("--fg");g.fillText(name,x+15,y);
		x+=30+g.measureText(name).width;
	});
	g.textAlign="right";g.fillStyle=css.getPropertyValue("--dim");
	g.fillText(`steps ${Math.floor(from)} to ${Math.min(N,Math.ceil(from+span))-1}`,W,y);
}

function show(){if(!due)due=requestAnimationFrame(()=>{due=0;draw()})}
const stepUnder=e=>Math.floor(from+(e.offsetX-LEFT)/($("c").clientWidth-LEFT)*span);
$("c").onpointerdown=$("c").onpointermove=e=>{if(e.buttons&1)go(stepUnder(e))};
$("c").onwheel=e=>{
	e.preventDefault();
	const u=stepUnder(e),z=Math.min(N||1,Math.max(20,span*(e.deltaY>0?1.3:1/1.3)));
	from=Math.max(0,Math.min(N-z,u-(u-from)/span*z));
	span=z;show();
};
