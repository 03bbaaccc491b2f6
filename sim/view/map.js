// The map: what the RMP says of each page of the guest's addresses, after any step.
const ASSIGNED=1,VALID=2,SAVE=4,VMPL1=8,SEEN=64; // VMPL1, 2, 3: which of them may use it
const CELL=0x200000,FRAME=0x1000,FRAMES=512;
const kinds=["nothing recorded","shared, or the host's","private, not validated","validated, the guest's",
	"the SVSM's own (VMPL 0 alone)","a vCPU's save area (VMSA)"];

// A page's kind, of its bits.
const kindOf=new Uint8Array(128);
for(let b=SEEN;b<128;b++)
	kindOf[b]=!(b&ASSIGNED)?1:!(b&VALID)?2:b&SAVE?5:b&(VMPL1*7)?3:4;

// The 2M regions of which there is a record, in order of address.
const regions=[...new Set(pageSteps.map(i=>Math.floor(address(i)/CELL)))].sort((a,b)=>a-b);
const regionAt=new Map(regions.map((r,i)=>[r,i]));
let bits=new Uint8Array(regions.length*FRAMES),counts=new Uint32Array(regions.length*kinds.length);
for(let r=0;r<regions.length;r++)counts[r*kinds.length]=FRAMES;

// One record's effect on one page.
function change(b,what,vmpl,mask){
	switch(what){
	case 1:return b|VALID|ASSIGNED|SEEN;
	case 2:return b&~VALID|SEEN;
	case 3:return vmpl<1||vmpl>3?b:(mask?b|VMPL1<<vmpl-1:b&~(VMPL1<<vmpl-1))|SEEN;
	case 4:return ASSIGNED|SEEN;
	case 5:return SEEN;
	case 6:return b|SAVE|SEEN;
	case 7:return b&~SAVE|SEEN;
	}
	return b;
}

// Where a record's pages are in `bits`: first, and how many.
function extent(i){
	const size=lo[i]&1?CELL:FRAME,a=Math.floor(address(i)/size)*size;
	return[regionAt.get(Math.floor(a/CELL))*FRAMES+(lo[i]&1?0:a%CELL/FRAME),size/FRAME];
}

function apply(i){
	const[first,n]=extent(i),c=Math.floor(first/FRAMES)*kinds.length,vmpl=result[i]>>8&255,mask=result[i]&255;
	for(let p=first;p<first+n;p++){
		const b=change(bits[p],state[i],vmpl,mask);
		counts[c+kindOf[bits[p]]]--;
		counts[c+kindOf[b]]++;
		bits[p]=b;
	}
}

// The map after `mapAt` records. Every so often a copy is kept; to go back is to go on from a copy.
const EVERY=Math.max(1024,Math.ceil(pageSteps.length/64)),copies=[];
let mapAt=0;
function keepCopies(){
	for(;;){
		if(mapAt%EVERY===0)copies.push([bits.slice(),counts.slice()]);
		if(mapAt===pageSteps.length)break;
		apply(pageSteps[mapAt++]);
	}
}
keepCopies();

function mapTo(step){
	const want=countTo(pageSteps,step),copy=Math.floor(want/EVERY);
	if(want<mapAt||want-mapAt>EVERY){
		bits.set(copies[copy][0]);counts.set(copies[copy][1]);mapAt=copy*EVERY;
	}
	while(mapAt<want)apply(pageSteps[mapAt++]);
}

// ---- as it is drawn ---------------------------------------------------------------------------
// Rows of 32 cells, 64 MiB each; of what lies between there is none.
const ACROSS=32,SIDE=11,LABEL=92,FRAMES_ACROSS=64,PAGE_SIDE=6;
const rows=[...new Set(regions.map(r=>Math.floor(r/ACROSS)))];
let open=null,pinned=false,changed=null; // regions by number; the pages of this step

function beginMap(){
	if(!pageSteps.length){
		$("map").className="none";
		$("map").textContent="This trace has no page records: there is no map of page states. (make run TRACE=FILE writes them, but not with PAGES=0.)";
		return;
	}
	$("map").innerHTML=`<div><h2>Guest memory, a cell is 2 MiB</h2><canvas id="cells"></canvas></div>
<div><h2 id="opened"></h2><canvas id="frames"></canvas></div><p id="says"></p>`;
	$("key").innerHTML=`<h2>Pages of 4 KiB, after it</h2><table id="legend"></table>`;
	size($("cells"),LABEL+ACROSS*SIDE,rows.length*SIDE);
	size($("frames"),FRAMES_ACROSS*PAGE_SIDE,FRAMES/FRAMES_ACROSS*PAGE_SIDE);
	$("cells").onpointermove=e=>{const r=cellUnder(e);$("says").textContent=r===null?"":cellWords(r)};
	$("cells").onclick=e=>{const r=cellUnder(e);if(r!==null)openCell(r,null)};
	$("frames").onpointermove=e=>{$("says").textContent=pageWords(frameUnder(e))};
	$("frames").onclick=e=>openCell(open,frameUnder(e));
	$("cells").onpointerleave=$("frames").onpointerleave=sayChange;
}

function size(canvas,w,h){
	const r=devicePixelRatio||1;
	canvas.width=w*r;canvas.height=h*r;canvas.style.width=w+"px";canvas.style.height=h+"px";
}

function pen(canvas){
	const r=devicePixelRatio||1,g=canvas.getContext("2d");
	g.setTransform(r,0,0,r,0,0);g.clearRect(0,0,canvas.width,canvas.height);
	return g;
}

function cellUnder(e){
	const x=Math.floor((e.offsetX-LABEL)/SIDE),y=Math.floor(e.offsetY/SIDE);
	const r=rows[y]*ACROSS+x;
	return x>=0&&x<ACROSS&&regionAt.has(r)?r:null;
}
const frameUnder=e=>open*CELL+(Math.min(FRAMES/FRAMES_ACROSS-1,Math.floor(e.offsetY/PAGE_SIDE))*FRAMES_ACROSS+Math.min(FRAMES_ACROSS-1,Math.floor(e.offsetX/PAGE_SIDE)))*FRAME;

function cellWords(r){
	const at=regionAt.get(r)*kinds.length,all=[];
	kinds.forEach((k,i)=>{if(counts[at+i])all.push(`${counts[at+i]} ${k}`)});
	return`${hex(r*CELL)} to ${hex((r+1)*CELL-1)}: ${all.join("; ")}`;
}

// The last record of it up to here, from the list: asked for one page at a time.
function lastChange(a){
	const p=regionAt.get(Math.floor(a/CELL))*FRAMES+a%CELL/FRAME;
	for(let k=mapAt-1;k>=0;k--){const[first,n]=extent(pageSteps[k]);if(p>=first&&p<first+n)return pageSteps[k]}
	return-1;
}

function pageWords(a){
	const b=bits[regionAt.get(Math.floor(a/CELL))*FRAMES+a%CELL/FRAME],by=[1,2,3].filter(v=>b&VMPL1<<v-1),i=lastChange(a);
	return`${hex(a)}: ${kinds[kindOf[b]]}${by.length?" (VMPL "+by.join(", ")+")":""}${i<0?"":`; last changed by step ${i}, ${stateName(i)}`}`;
}

// This step's page change, in words.
function changeWords(i){
	const rights=state[i]===3?` of VMPL ${result[i]>>8&255}: `+(result[i]&255?["read","write","user code","supervisor code"].filter((_,k)=>result[i]>>k&1).join(", "):"none"):"";
	return`${hex(Math.floor(address(i)/FRAME)*FRAME)}, ${lo[i]&1?"2 MiB":"4 KiB"}: ${stateName(i)}${rights}`;
}
function sayChange(){$("says").textContent=isPage(at)?changeWords(at):pinnedPage!==null?pageWords(pinnedPage):"A cell or a page under the mouse is said here."}

let pinnedPage=null;
function openCell(r,page){
	open=r;pinned=true;pinnedPage=page;
	drawMap();remember();
}

// The cell that is open follows the page changes, until one is clicked.
function follow(){
	const k=mapAt?pageSteps[mapAt-1]:pageSteps[0];
	changed=isPage(at)?extent(at):null;
	if(!pinned)open=Math.floor(address(k)/CELL);
}

function drawMap(){
	if(!pageSteps.length)return;
	const css=getComputedStyle(document.documentElement),colour=kinds.map((_,k)=>css.getPropertyValue("--p"+k));
	drawCells(pen($("cells")),css,colour);
	drawFrames(pen($("frames")),css,colour);
	$("opened").textContent=`${hex(open*CELL)}: its 512 pages`;
	const sum=kinds.map((_,k)=>{let n=0;for(let r=0;r<regions.length;r++)n+=counts[r*kinds.length+k];return n});
	$("legend").innerHTML=kinds.map((k,i)=>`<tr><td><i style="background:var(--p${i})"></i>${k}</td><td class="n" data-kind="${i}">${sum[i].toLocaleString("en")}</td></tr>`).join("");
	sayChange();
}

// A cell's kinds as bands, each as high as its share.
function drawCells(g,css,colour){
	g.font="11px system-ui,sans-serif";g.textBaseline="middle";
	rows.forEach((row,y)=>{g.fillStyle=css.getPropertyValue("--dim");g.fillText(hex(row*ACROSS*CELL),0,y*SIDE+SIDE/2)});
	regions.forEach((r,n)=>{
		const x=LABEL+r%ACROSS*SIDE,y=rows.indexOf(Math.floor(r/ACROSS))*SIDE;
		let top=0;
		kinds.forEach((_,k)=>{
			const c=counts[n*kinds.length+k];
			if(!c)return;
			const h=Math.max(1,c/FRAMES*(SIDE-1));
			g.fillStyle=colour[k];g.fillRect(x,y+Math.min(top,SIDE-1-h),SIDE-1,h);
			top+=h;
		});
		if(r===open||changed&&Math.floor(changed[0]/FRAMES)===n){
			g.strokeStyle=css.getPropertyValue(r===open?"--fg":"--hot");g.lineWidth=2;
			g.strokeRect(x,y,SIDE-1,SIDE-1);
		}
	});
}

function drawFrames(g,css,colour){
	const first=regionAt.get(open)*FRAMES;
	g.lineWidth=1.5;g.strokeStyle=css.getPropertyValue("--hot");
	for(let p=0;p<FRAMES;p++){
		const x=p%FRAMES_ACROSS*PAGE_SIDE,y=Math.floor(p/FRAMES_ACROSS)*PAGE_SIDE,now=first+p;
		g.fillStyle=colour[kindOf[bits[now]]];g.fillRect(x,y,PAGE_SIDE-1,PAGE_SIDE-1);
		if(changed&&now>=changed[0]&&now<changed[0]+changed[1]||pinnedPage===open*CELL+p*FRAME)
			g.strokeRect(x+.5,y+.5,PAGE_SIDE-2,PAGE_SIDE-2);
	}
}

function showMap(){
	if(!pageSteps.length)return;
	mapTo(at);follow();drawMap();
}
